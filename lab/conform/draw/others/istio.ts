import { construct } from '../construct.ts';
import { savedRules } from '../recorded.ts';

/** The redirects of Istio's sidecar in a pod: whose socket sends is asked. */
export default construct({
  kind: 'rules',
  draw: (site) => (site.here.role !== 'end' || site.family === 6 ? null : savedRules(site, 'istio.txt')),
});
