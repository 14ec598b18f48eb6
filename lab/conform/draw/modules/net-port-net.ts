import { construct } from '../construct.ts';
import type { Rule } from '../rule.ts';

/** `-m set` with pairs of networks and a port between them. */
export default construct({
  kind: 'rules',
  draw: ({ dice, pool, family, fresh, here, backend }) => {
    const name = fresh('set');
    const line = (run: string): Rule => ({ in: here.name, by: ['modules/net-port-net'], form: 'line', run });
    const elements = Array.from({ length: 1 + dice.roll(3) }, () => {
      const [from, to] = [dice.pick(pool.prefixes), dice.pick(pool.prefixes)];
      const [protocol, dport] = [dice.pick(['udp', 'tcp'] as const), dice.pick(pool.ports)];
      return {
        text: `${from},${protocol}:${dport},${to}`,
        aim: { protocol, dport, source: from.split('/')[0] ?? from, destination: to.split('/')[0] ?? to },
      };
    });
    const isExcept = dice.roll(5) === 0;
    const hook = dice.pick(here.role === 'end' ? ['INPUT', 'OUTPUT'] : ['FORWARD', 'FORWARD', 'INPUT', 'OUTPUT']);
    const match = `-m set ${dice.roll(4) === 0 ? '! ' : ''}--match-set ${name} src,dst,dst`;
    return {
      rules: [
        line(`ipset create ${name} hash:net,port,net family ${family === 4 ? 'inet' : 'inet6'}`),
        ...elements.map(({ text }, at) => line(`ipset -exist add ${name} ${text}${isExcept && at === 0 ? ' nomatch' : ''}`)),
        { in: here.name, by: [], form: 'iptables', backend, family, table: 'filter', text: `-A ${hook} ${match} -j DROP` },
      ],
      aims: [...elements, ...elements].map(({ aim }) => aim),
    };
  },
});
