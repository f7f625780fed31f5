import { isIP, isIPv6 } from "node:net";

/**
 * What an address is limited by: an IPv4 address itself; of IPv6 the /64, which one household or host has whole. Some
 * proxies write a port into `X-Forwarded-For`, which would make every connection an address; what is no address at all
 * counts as the peer's.
 */
export function addressKey(address: string, peer: string): string {
  const bare = bareAddress(address) ?? bareAddress(peer) ?? peer;
  if (!isIPv6(bare)) return bare;
  const groups = expand(bare);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return mappedIpv4(groups);
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

/** Without a port, brackets or zone; null: no address. */
function bareAddress(text: string): string | null {
  const [, bracketed, dotted] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text.trim()) ?? [];
  const bare = (bracketed ?? dotted ?? text.trim()).split("%")[0] ?? "";
  return isIP(bare) === 0 ? null : bare;
}

/** The eight groups; an IPv4 address at the end (`::ffff:1.2.3.4`) counts as two. */
function expand(address: string): number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const group = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16);
    return `${group(a, b)}:${group(c, d)}`;
  });
  const [left = "", right] = hex.split("::");
  const read = (part: string) =>
    part
      .split(":")
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16));
  if (right === undefined) return read(left);
  const [before, after] = [read(left), read(right)];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function mappedIpv4(groups: readonly number[]): string {
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
