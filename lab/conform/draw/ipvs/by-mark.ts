import { construct } from '../construct.ts';
import { VIRTUAL } from './balanced.ts';

/** A virtual server for what a rule of mangle has marked. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, family, pool, backend }) => {
    if (here.role !== 'router') return null;
    const mark = dice.pick([1, 2, 4]);
    const destination = dice.pick(VIRTUAL[family]);
    const dport = dice.pick(pool.ports);
    const server = family === 4 ? '10.2.0.2' : '[fd00:2::2]';
    const six = family === 6 ? ' -6' : '';
    const persistent = dice.roll(4) === 0 ? ' -p 600' : '';
    const line = (run: string) => ({ in: here.name, by: [], form: 'line', run }) as const;
    return {
      rules: [
        line(`ipvsadm -A -f ${mark}${six} -s rr${persistent}`),
        line(`ipvsadm -a -f ${mark}${six} -r ${server}:0 -m -w 1`),
        {
          in: here.name,
          by: [],
          form: 'iptables',
          backend,
          family,
          table: 'mangle',
          text: `-A PREROUTING -d ${destination} -p udp -m udp --dport ${dport} -j MARK --set-xmark ${mark}`,
        },
      ],
      aims: [1, 2, 3, 4, 5, 6].map(() => ({ protocol: 'udp', destination, dport }) as const),
    };
  },
});
