import type { FactOf } from '#facts/kinds';
import { listAt } from '../document.ts';
import { defineFormat, type Input, type Parsed, type Problem, pathOf } from '../format.ts';
import type { Link } from '../ip-link/device.ts';
import { readingsOf } from '../ip-link/ip-link.ts';
import { jsonHead, jsonList } from '../json-list.ts';
import { addressOfJson, countersOfJson, linkOfJson } from './link-json.ts';

function parse(input: Input): Parsed {
  const { members, problems: broken } = jsonList(input);
  const problems: Problem[] = [...broken];
  const links: Link[] = [];
  const addresses: FactOf<'address'>[] = [];
  const counters: FactOf<'link-counters'>[] = [];
  let [isListed, isAddressLost, isDeviceLost] = [false, false, false];
  for (const [at, device] of members.entries()) {
    const origin = pathOf(input, `[${at}]`);
    const link = linkOfJson(device, origin);
    if (link === undefined) {
      if (isEmpty(device)) continue;
      isDeviceLost = true;
      problems.push({ line: 1, why: `[${at}] is no device` });
      continue;
    }
    links.push(link);
    const counted = countersOfJson(link.name, device, origin);
    if (counted !== undefined) counters.push(counted);
    const infos = listAt(device, 'addr_info');
    isListed ||= infos !== undefined;
    for (const [nth, info] of (infos ?? []).entries()) {
      const address = addressOfJson(link.name, info, pathOf(input, `[${at}].addr_info[${nth}]`));
      if (address !== undefined) addresses.push(address);
      else if (!isEmpty(info)) {
        isAddressLost = true;
        problems.push({ line: 1, why: `[${at}].addr_info[${nth}] is no address` });
      }
    }
  }
  const listed = { facts: addresses, isListed, isLost: isAddressLost };
  return { readings: readingsOf(input, { facts: links, isLost: isDeviceLost }, listed, counters), problems };
}

/** iproute2 writes `{}` for what its filter leaves out. */
const isEmpty = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** JSON of `ip link` and `ip addr`, with or without -d and -s. */
export default defineFormat({
  id: 'ip-link-json',
  is: 'JSON of `ip link` and `ip addr`, also with -d and -s',
  tells: ['link'],
  recognise: (head) => (/"(operstate|addr_info|txqlen)"/.test(head) ? jsonHead(head, 'ifname', 'flags') : 0),
  parse,
});
