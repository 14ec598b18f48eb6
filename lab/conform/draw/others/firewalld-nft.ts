import { construct } from '../construct.ts';
import { listedRules } from '../recorded.ts';

/** The same zones with firewalld's nftables backend: one table for both families. */
export default construct({
  kind: 'rules',
  draw: (site) => (site.here.role !== 'router' || site.family === 6 ? null : listedRules(site, 'firewalld-1.3.3-nft.txt')),
});
