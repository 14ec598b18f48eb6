import { construct } from '../construct.ts';
import { savedRules } from '../recorded.ts';

/** Felix's chains for two pods, one with policies each way. */
export default construct({
  kind: 'rules',
  draw: (site) => (site.here.role !== 'router' || site.family === 6 ? null : savedRules(site, 'calico.txt')),
});
