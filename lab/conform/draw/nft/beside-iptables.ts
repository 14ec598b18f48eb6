import { construct } from '../construct.ts';
import type { Hook, Rule, Table } from '../rule.ts';

const HOOKS: Readonly<Partial<Record<Table, readonly Hook[]>>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  mangle: ['PREROUTING', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'POSTROUTING'],
};

/** Tables of iptables that hang on the same hooks: their marks, verdicts and bindings meet those of nft. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, family, pool, backend }) => {
    const table = dice.pick(['filter', 'mangle', 'nat'] as const);
    const hook: Hook = dice.pick<Hook>(HOOKS[table] ?? ['FORWARD']);
    const ports = dice.shuffle(pool.ports);
    const add = (text: string): Rule => ({ in: here.name, by: [], form: 'iptables', backend, family, table, text: `-A ${hook} ${text}` });
    const near = { namespace: here.name, hooks: [hook] };
    const talk = (protocol: 'tcp' | 'udp') => ({ by: null, aims: [{ protocol, dport: ports[0] ?? 53, near }] });
    const mark = dice.pick(pool.marks);
    if (table === 'nat') {
      if (hook === 'POSTROUTING') return { rules: [add('-p tcp -j MASQUERADE')], talk: talk('tcp') };
      const to = family === 4 ? dice.pick(pool.addresses) : `[${dice.pick(pool.addresses)}]`;
      return {
        rules: [add(`-p udp --dport ${ports[0]} -j DNAT --to-destination ${to}:${ports[1] ?? 53}`)],
        talk: talk('udp'),
      };
    }
    if (table === 'mangle')
      return {
        rules: [
          add(`-p udp -j MARK --set-xmark ${mark}/${mark}`),
          add(`-p udp --dport ${ports[0]} -m mark --mark ${mark}/${mark} -j DROP`),
        ],
        talk: talk('udp'),
      };
    return {
      rules: [
        add(`-m mark --mark ${mark}`),
        add(`-p tcp --dport ${ports[0]} -j ${dice.pick(['DROP', 'ACCEPT', 'REJECT'])}`),
        add('-p udp'),
      ],
      talk: talk('tcp'),
    };
  },
});
