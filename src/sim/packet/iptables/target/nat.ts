import type { Context, Options } from '../context.ts';
import type { Effect, MaybeTarget, Rewrite } from '../effect.ts';

const rewriting =
  (rewrite: Rewrite): ReturnType<MaybeTarget> =>
  (): Effect => ({ does: 'rewrite', rewrite });

const isRandom = (options: Options): boolean => [options.has('random'), options.has('random-fully')].includes(true);

/** `10.0.0.1:80`, `[2001:db8::1]:80`, `:80`, `10.0.0.1-10.0.0.9:80-90`, `10.0.0.1:80-90/8080`. */
const END = /^(?:\[([^\]]*)\]|([^:]*|[^[\]]*:[^[\]]*:[^[\]]*?))(?::([\d-]+(?:\/\d+)?))?$/;

/** `-j DNAT` and `-j SNAT` (net/netfilter/xt_nat.c xt_dnat_target_v2, xt_snat_target_v2). */
const toAddresses =
  (what: Rewrite['what'], option: string): MaybeTarget =>
  (options) => {
    const given = options.get(option, 'to');
    const parts = END.exec(given?.value ?? '');
    const random = isRandom(options);
    const persistent = options.has('persistent');
    if (given === undefined || parts === null || given.values.length !== 1) return undefined;
    const address = parts[1] ?? parts[2] ?? '';
    const addresses = address === '' ? [] : [address];
    return rewriting({ what, to: address === '' ? 'same' : 'addresses', addresses, ports: parts[3] ?? null, random, persistent });
  };

export const dnat: MaybeTarget = toAddresses('destination', 'to-destination');
export const snat: MaybeTarget = toAddresses('source', 'to-source');

/** `-j MASQUERADE` (net/netfilter/xt_MASQUERADE.c masquerade_tg). */
export const masquerade: MaybeTarget = (options) =>
  rewriting({ what: 'source', to: 'masquerade', addresses: [], ports: options.get('to-ports')?.value ?? null, random: isRandom(options) });

/** `-j REDIRECT` (net/netfilter/xt_REDIRECT.c redirect_tg4). */
export const redirect: MaybeTarget = (options) =>
  rewriting({
    what: 'destination',
    to: 'redirect',
    addresses: [],
    ports: options.get('to-ports')?.value ?? null,
    random: isRandom(options),
  });

/** `-j NETMAP`: the destination before routing, the source after it (net/netfilter/xt_NETMAP.c netmap_tg4). */
export const netmap: MaybeTarget = (options) => {
  const to = options.get('to');
  if (to === undefined) return undefined;
  return ({ hook }: Context): Effect => {
    const what = hook === 'PREROUTING' || hook === 'OUTPUT' ? 'destination' : 'source';
    return { does: 'rewrite', rewrite: { what, to: 'mapped', addresses: [to.value], ports: null } };
  };
};
