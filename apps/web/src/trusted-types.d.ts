/** The part of Trusted Types that the app uses; TypeScript's DOM library lacks it. */
interface TrustedTypePolicyFactory {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): object };
}
declare var trustedTypes: TrustedTypePolicyFactory | undefined;
