import { construct } from '../construct.ts';
import { isRouter, ruleWithTable, towardsBehind } from '../ways.ts';

/** A rule for users: root's are all packets that are forwarded, and whose socket sends is not told. */
export default construct({
  kind: 'rules',
  draw: (site) =>
    isRouter(site)
      ? {
          rules: ruleWithTable(site, `uidrange ${site.dice.pick(['0-0', '0-999', '1000-2000', '0-4294967294'])}`),
          aims: towardsBehind(site),
        }
      : null,
});
