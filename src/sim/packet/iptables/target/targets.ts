import type { MaybeTarget } from '../effect.ts';
import { connmark } from './connmark.ts';
import { ct, notrack } from './ct.ts';
import { mark } from './mark.ts';
import { dnat, masquerade, netmap, redirect, snat } from './nat.ts';
import { nfqueue } from './nfqueue.ts';
import { reject } from './reject.ts';
import { set } from './set.ts';
import { tcpmss } from './tcpmss.ts';
import { dscp, ecn, tos } from './tos.ts';
import { tproxy } from './tproxy.ts';
import { ttl } from './ttl.ts';
import { accept, back, drop } from './verdicts.ts';
import { goOn, WITHOUT_EFFECT } from './without-effect.ts';

/** The targets that are understood, by name. Of others (`UNMODELLED_TARGETS`) nobody knows here what becomes of the packet. */
export const TARGETS: ReadonlyMap<string, MaybeTarget> = new Map([
  ...WITHOUT_EFFECT.map((name) => [name, goOn] as const),
  ...Object.entries<MaybeTarget>({
    ACCEPT: accept,
    CONNMARK: connmark,
    CT: ct,
    DNAT: dnat,
    DROP: drop,
    DSCP: dscp,
    ECN: ecn,
    HL: ttl,
    MARK: mark,
    MASQUERADE: masquerade,
    NETMAP: netmap,
    NFQUEUE: nfqueue,
    NOTRACK: notrack,
    QUEUE: nfqueue,
    REDIRECT: redirect,
    REJECT: reject,
    RETURN: back,
    SET: set,
    SNAT: snat,
    TCPMSS: tcpmss,
    TOS: tos,
    TPROXY: tproxy,
    TTL: ttl,
  }),
]);
