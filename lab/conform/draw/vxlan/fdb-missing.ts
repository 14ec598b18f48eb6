import { construct } from '../construct.ts';
import { type Other, onNode } from '../overlay-words.ts';

/** No forwarding entry for the other device. */
export default construct({ kind: 'rules', draw: onNode((site, other: Other) => [other.run(`bridge fdb del 02:00:00:00:08:0${other.number} dev vx`)]) });
