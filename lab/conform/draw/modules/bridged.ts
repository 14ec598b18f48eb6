import bridged from '../bridge/bridged.ts';

/** Two ends on a bridge. */
export default bridged;
