import { construct } from '../construct.ts';

/** `-m rpfilter`, where the kernel allows it. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, hooks, table }) => {
    if ((table !== 'raw' && table !== 'mangle') || !hooks.every((hook) => hook === 'PREROUTING')) return null;
    const words = ['--loose', '--validmark', '--accept-local', '--invert'].filter(() => dice.roll(3) === 0);
    return {
      text: ['-m rpfilter', ...words].join(' '),
      aims: ['10.1.0.9', '10.2.0.9', '192.0.2.9'].map((source) => ({ source, onWire: true })),
    };
  },
});
