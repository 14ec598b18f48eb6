import { putFdb } from '#actions/fdb/preview';
import type { Plan } from '#engine/plan';
import { parseIp } from '#net/ip';
import { parseMac } from '#net/mac';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** The entry that flanneld programs for the peer's lease. */
export function fix({ from, to, device, mac, dst }: Found): Plan {
  const [address, hardware] = [parseIp(dst), parseMac(mac)];
  return {
    steps: address === undefined || hardware === undefined ? [] : [putFdb(onNode(from), device, hardware, address)],
    blast: { en: `only packets from ${from} to ${to} are concerned`, zh: `只影响从 ${from} 到 ${to} 的报文` },
    lasting: {
      en: `flanneld never looks at its entries again: if they keep vanishing, find who else manages ${device} on ${from} (network scripts, systemd-networkd)`,
      zh: `flanneld 不会复查自己写入的表项：若反复丢失，请查明 ${from} 上还有谁在管理 ${device}（网络脚本、systemd-networkd）`,
    },
  };
}
