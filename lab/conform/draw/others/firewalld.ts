import { construct } from '../construct.ts';
import { savedRules } from '../recorded.ts';

/** firewalld's rules of two zones with its iptables backend. */
export default construct({
  kind: 'rules',
  draw: (site) =>
    site.here.role !== 'router' ? null : savedRules(site, site.family === 4 ? 'firewalld-1.3.3.txt' : 'firewalld-1.3.3-ipv6.txt'),
});
