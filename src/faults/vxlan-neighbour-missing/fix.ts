import { putNeighbour } from '#actions/neighbour/preview';
import type { Plan } from '#engine/plan';
import { parseIp } from '#net/ip';
import { parseMac } from '#net/mac';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** The entry that flanneld programs for the peer's lease. */
export function fix({ from, to, device, address, mac }: Found): Plan {
  const [ip, hardware] = [parseIp(address), parseMac(mac)];
  return {
    steps: ip === undefined || hardware === undefined ? [] : [putNeighbour(onNode(from), device, ip, hardware)],
    blast: { en: `only packets from ${from} to ${to} are concerned`, zh: `只影响从 ${from} 到 ${to} 的报文` },
    lasting: {
      en: `flanneld does not repair it: find what flushed the neighbours of ${device} on ${from} (\`ip neigh flush\`, a network script, the device going down)`,
      zh: `flanneld 不会自行修复：请查明是什么清空了 ${from} 上 ${device} 的邻居表（\`ip neigh flush\`、网络脚本、设备曾被 down）`,
    },
  };
}
