import type { FactOf } from '#facts/kinds';
import type { Ip } from '#net/ip';

/** resolv.conf as glibc reads it (resolv/res_init.c): its limits and defaults. */
export type GlibcOptions = {
  readonly nameservers: readonly Ip[];
  readonly timeoutS: number;
  readonly attempts: number;
  readonly singleRequest: boolean;
  readonly singleRequestReopen: boolean;
};

const MAXNS = 3;
const RES_MAXRETRANS = 30;
const RES_MAXRETRY = 5;

export function glibcOptions({ nameservers, options }: FactOf<'resolv-conf'>): GlibcOptions {
  const number = (name: string, usual: number, most: number): number => {
    const text = options.findLast((option) => option.startsWith(`${name}:`))?.slice(name.length + 1);
    return text === undefined || !/^\d+$/.test(text) ? usual : Math.min(Number(text), most);
  };
  return {
    nameservers: nameservers.slice(0, MAXNS).map(({ address }) => address),
    timeoutS: number('timeout', 5, RES_MAXRETRANS),
    attempts: number('attempts', 2, RES_MAXRETRY),
    singleRequest: options.includes('single-request'),
    singleRequestReopen: options.includes('single-request-reopen'),
  };
}

/** Seconds that glibc waits for a server (res_send.c): by the server's index, not by the try; at least one. */
export function waitSeconds({ timeoutS, nameservers }: GlibcOptions, serverIndex: number): number {
  const shifted = timeoutS * 2 ** serverIndex;
  return Math.max(1, serverIndex > 0 ? Math.floor(shifted / nameservers.length) : shifted);
}
