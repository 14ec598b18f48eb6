import { construct } from '../construct.ts';
import { severalWays } from '../several-ways.ts';

/** Two ways at once, by a hash of addresses. */
export default construct({ kind: 'rules', draw: (site) => severalWays(site, ['_policy=0']) });
