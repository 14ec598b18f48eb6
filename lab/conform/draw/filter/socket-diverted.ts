import { construct } from '../construct.ts';
import { addressOf } from '../pool.ts';
import type { Rule } from '../rule.ts';

const OPTIONS = ['', '', '--transparent', '--transparent', '--nowildcard', '--transparent --nowildcard'];

/** The constructs in a rule of the chain. */
const asksSocket = (text: string): readonly string[] =>
  text.includes(' -m socket ') ? ['filter/socket-diverted', 'filter/socket'] : ['filter/socket-diverted'];

/** What a socket here would take is marked, or gets the socket's mark, and is told from the rest by that: the chain DIVERT of transparent proxies. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, family, backend, fresh }) => {
    const chain = fresh('DIVERT');
    const add = (text: string): Rule => ({ in: here.name, by: asksSocket(text), form: 'iptables', backend, family, table: 'mangle', text });
    const protocol = dice.pick(['udp', 'udp', 'tcp'] as const);
    const ports = protocol === 'udp' ? [53, 443, 9090] : [80];
    const port = dice.pick(ports);
    const asks = `-A ${chain} -p ${protocol} -m socket ${dice.pick(OPTIONS)}`.trimEnd();
    const does = dice.pick([
      [add(`${asks} --restore-skmark`), add(`-A ${chain} -m mark --mark ${dice.pick([2, 4])} -j DROP`)],
      [add(`${asks} -j MARK --set-mark 0x100`), add(`-A ${chain} -p ${protocol} --dport ${port} -m mark ! --mark 0x100 -j DROP`)],
      [add(`${asks} -j DROP`)],
    ]);
    const own = here.devices.flatMap((device) => device.addresses.map(addressOf)).filter((one) => one.includes(':') === (family === 6));
    const aims = own.map((destination) => ({ protocol, destination, dport: dice.pick(ports) }));
    return { rules: [add(`-A ${dice.pick(['PREROUTING', 'INPUT'])} -j ${chain}`), ...does], aims: [...aims, ...aims] };
  },
});
