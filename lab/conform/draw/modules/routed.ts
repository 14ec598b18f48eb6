import routed from '../filter/routed.ts';

/** Two ends and a router between them. */
export default routed;
