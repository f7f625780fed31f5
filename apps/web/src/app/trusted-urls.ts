/** Addresses of scripts that the app may start, all of its own build. The page's policy names this and no other. */
const policy = globalThis.trustedTypes?.createPolicy("owlivion", {
  createScriptURL(url) {
    if (new URL(url, location.href).origin === location.origin) return url;
    throw new TypeError(`${url} is no script of ours`);
  },
});

/** For `Worker` and `serviceWorker.register`, which take no plain text where the policy is enforced. */
export const ownScript = (url: string): string => (policy?.createScriptURL(url) ?? url) as string;
