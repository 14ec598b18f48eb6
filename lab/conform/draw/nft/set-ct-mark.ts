import { construct } from '../construct.ts';

/** `ct mark set`. */
export default construct({
  kind: 'nft statement',
  draw: ({ dice, pool, hooks }) =>
    hooks.every((hook) => hook !== 'POSTROUTING')
      ? { text: `ct mark set ${dice.pick([`${dice.pick(pool.marks)}`, 'meta mark', `ct mark | ${dice.pick(pool.marks)}`])}` }
      : null,
});
