import { construct } from '../construct.ts';

/** `-m addrtype`: types of either end, also of one device alone. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, family, hooks }) => {
    const types =
      family === 4 ? ['LOCAL', 'UNICAST', 'BROADCAST', 'MULTICAST', 'LOCAL,BROADCAST', 'BLACKHOLE'] : ['LOCAL', 'UNICAST', 'MULTICAST'];
    const end = dice.pick(['src', 'dst', 'dst']);
    const into = hooks.every((hook) => hook === 'PREROUTING' || hook === 'INPUT') && end === 'dst';
    const limit = into && family === 4 && dice.roll(3) === 0 ? ' --limit-iface-in' : '';
    return { text: `-m addrtype ${dice.roll(5) === 0 ? '! ' : ''}--${end}-type ${dice.pick(types)}${limit}` };
  },
});
