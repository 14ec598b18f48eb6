import { construct } from '../construct.ts';
import { savedRules } from '../recorded.ts';

/** Docker's own rules for two networks with published ports; it writes none for IPv6. */
export default construct({
  kind: 'rules',
  draw: (site) => (site.here.role !== 'router' || site.family === 6 ? null : savedRules(site, 'docker-20.10.24.txt')),
});
