import { construct } from '../construct.ts';
import { VIRTUAL } from './balanced.ts';

const METHODS = { '-m': 'masquerade', '-g': 'route', '-i': 'tunnel' } as const;
const SCHEDULERS = ['rr', 'wrr', 'lc', 'sh', 'mh', 'dh'];
/** An address of the balancing node: what a NodePort is asked for at, and where a server of the node's own network is. */
const OWN = { 4: '10.1.0.1', 6: 'fd00:1::1' } as const;
/** A scene's tables want to be asked about too: of so many wishes some are taken. */
const AIMS = 10;

/** A virtual server with real ones, one of which may take nothing new, or none at all. */
export default construct({
  kind: 'rules',
  draw: ({ dice, here, family, pool }) => {
    if (here.role !== 'router') return null;
    const bracketed = (address: string): string => (family === 6 ? `[${address}]` : address);
    const protocol = dice.pick(['tcp', 'udp', 'udp'] as const);
    const destination = dice.pick([...VIRTUAL[family], OWN[family]]);
    const dport = dice.pick(pool.ports);
    const flag = protocol === 'tcp' ? '-t' : '-u';
    const at = `${flag} ${bracketed(destination)}:${dport}`;
    const scheduler = dice.pick(SCHEDULERS);
    const persistent = dice.roll(6) === 0 ? ' -p 600' : '';
    // rewritten as kube-proxy has it, or as it is to the server's station or in a tunnel, then with its own port
    const method = dice.pick(['-m', '-m', '-m', '-g', '-i'] as const);
    const nets = dice.shuffle([2, 3, 1]).slice(0, dice.pick([0, 1, 2, 2, 2]));
    const servers = nets.map((net) => {
      const address = net === 1 ? OWN[family] : family === 4 ? `10.${net}.0.2` : `fd00:${net}::2`;
      return `ipvsadm -a ${at} -r ${bracketed(address)}:${method === '-m' ? dice.pick([53, 8080, 80]) : dport} ${method} -w ${dice.pick([0, 1, 1, 2, 5])}`;
    });
    const aims = Array.from(
      { length: AIMS },
      () => ({ protocol, destination, dport, ...(protocol === 'tcp' ? { flags: 'S' } : {}) }) as const,
    );
    // what is told of the service is told of how it chooses between two and whether it keeps clients; of a real one, of how it is sent to
    const chooses = [`ipvs/${scheduler}`, ...(persistent === '' ? [] : ['ipvs/persistent'])];
    const by = ['ipvs/service', ...(servers.length < 2 ? [] : chooses)];
    const sent = [`ipvs/${METHODS[method]}`];
    const dying = servers.slice(0, dice.roll(2) + (dice.roll(3) === 0 ? 1 : 0));
    return {
      // a real server goes, or takes nothing new, while its connections go on
      later: dying.map((run) => ({
        in: here.name,
        run:
          dice.roll(3) === 0
            ? run.replace(' -a ', ' -e ').replace(/-w \d+$/, '-w 0')
            : run.replace(' -a ', ' -d ').replace(/ -[mgi] -w \d+$/, ''),
      })),
      rules: [
        { in: here.name, by, form: 'line', run: `ipvsadm -A ${at} -s ${scheduler}${persistent}` },
        ...servers.map((run) => ({ in: here.name, by: sent, form: 'line', run }) as const),
      ],
      aims,
    };
  },
});
