import { construct } from '../construct.ts';
import type { Aimed } from '../packet.ts';
import type { Rule } from '../rule.ts';

/** What SYNs offer, and the ranges that rules ask for, around what TCPMSS sets. */
const OFFERS = [536, 1000, 1380, 1460] as const;
const RANGES = ['536', '900:1100', '1001:1460', '1380:1460', '1:999'] as const;

/** What `-j TCPMSS` makes of what a SYN offers, asked by the rules behind it. iptables-nft-save writes the flags of only one match. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, family, backend, fresh }) => {
    if (backend === 'nft') return null;
    const hook = dice.pick(here.role === 'end' ? (['OUTPUT', 'POSTROUTING'] as const) : (['FORWARD', 'POSTROUTING'] as const));
    const chain = fresh('OFFER');
    const add = (text: string): Rule => ({ in: here.name, by: [], form: 'iptables', backend, family, table: 'mangle', text });
    const set = `-A ${chain} -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss ${dice.pick(OFFERS)}`;
    const asks = Array.from({ length: 1 + dice.roll(2) }, () => {
      const not = dice.roll(4) === 0 ? '! ' : '';
      return add(`-A ${chain} -p tcp -m tcp --tcp-flags SYN,RST,ACK SYN -m tcpmss ${not}--mss ${dice.pick(RANGES)} -j DROP`);
    });
    const near = { namespace: here.name, hooks: [hook] };
    return {
      rules: [add(`-A ${hook} -j ${chain}`), { ...add(set), by: ['filter/tcpmss-kept', 'filter/tcpmss'] }, ...asks],
      aims: [...OFFERS, ...OFFERS, ...OFFERS].map((mss): Aimed => ({ protocol: 'tcp', flags: 'S', mss, near })),
    };
  },
});
