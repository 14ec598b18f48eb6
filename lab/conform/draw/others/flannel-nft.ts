import { construct } from '../construct.ts';
import { listedRules } from '../recorded.ts';

/** The same in flanneld's nftables mode. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    if (site.here.role !== 'router' || site.family === 6) return null;
    return listedRules(site, 'flannel-0.28.4-nft.txt', [
      ['10.100.52.0/24', '10.1.0.0/24'],
      ['10.100.0.0/16', site.dice.pick(['10.0.0.0/14', '10.1.0.0/16'])],
    ]);
  },
});
