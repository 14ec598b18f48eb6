import { construct } from '../construct.ts';

const HOOKS = new Set(['PREROUTING', 'INPUT', 'FORWARD']);

/** `-i`, whole names and the beginning of one. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, here, hooks }) => {
    if (!hooks.every((hook) => HOOKS.has(hook))) return null;
    const name = dice.pick([...here.devices.map((device) => device.name), 'lo']);
    const shown = dice.roll(4) === 0 ? `${name.slice(0, 1)}+` : name;
    return { text: `${dice.roll(4) === 0 ? '! ' : ''}-i ${shown}` };
  },
});
