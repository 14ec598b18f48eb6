import { construct } from '../construct.ts';

/** `-m ttl`, `-m hl`. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, family }) => {
    const name = family === 4 ? 'ttl' : 'hl';
    const ttl = dice.pick([3, 33, 63, 64]);
    const how = dice.pick([`! --${name}-eq`, `--${name}-eq`, `--${name}-lt`, `--${name}-gt`]);
    return { text: `-m ${name} ${how} ${ttl}`, aims: [{ ttl }, { ttl: ttl + 1 }] };
  },
});
