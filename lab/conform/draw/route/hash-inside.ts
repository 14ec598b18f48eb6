import { construct } from '../construct.ts';
import { severalWays } from '../several-ways.ts';

/** Two ways at once, by a hash of the addresses inside of a tunnel, else of a packet's own: those of an error, not of what it is about. */
export default construct({ kind: 'rules', draw: (site) => severalWays(site, ['_policy=2']) });
