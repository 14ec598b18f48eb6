import { construct } from '../construct.ts';
import { savedRules } from '../recorded.ts';

/** Host ports and masquerading of a pod as the CNI plugins write them. */
export default construct({
  kind: 'rules',
  draw: (site) =>
    site.here.role !== 'router' ? null : savedRules(site, site.family === 4 ? 'portmap-1.1.1.txt' : 'portmap-1.1.1-ipv6.txt'),
});
