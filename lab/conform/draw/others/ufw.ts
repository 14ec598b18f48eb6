import { construct } from '../construct.ts';
import { savedRules } from '../recorded.ts';

/** ufw with a few rules of a person's. */
export default construct({
  kind: 'rules',
  draw: (site) => (site.here.role !== 'router' ? null : savedRules(site, site.family === 4 ? 'ufw-0.36.2.txt' : 'ufw-0.36.2-ipv6.txt')),
});
