import type { FactOf } from '#facts/kinds';
import { cidrOf, parseAddressWithLength, parseCidr } from '#net/cidr';
import { assignmentsOf } from '../assignments.ts';
import { defineFormat, lineOf, type Problem, reading } from '../format.ts';
import { wholeNumber } from '../lines.ts';

const flag = (text: string | undefined): boolean | undefined => (text === 'true' ? true : text === 'false' ? false : undefined);

/** /run/flannel/subnet.env, as flanneld writes it (pkg/subnet/subnet.go). */
export default defineFormat({
  id: 'subnet-env',
  is: 'the subnet that flanneld wrote down (/run/flannel/subnet.env)',
  tells: ['subnet-env'],
  recognise: (head) => (/^ {0,8}FLANNEL_(?:SUBNET|NETWORK|MTU|IPMASQ)=/m.test(head) ? 0.99 : 0),
  parse: (input) => {
    const { assignments, others } = assignmentsOf(input.text);
    const by = new Map(assignments.map((one) => [one.name, one]));
    const problems: Problem[] = others.map((line) => ({ line, why: 'no assignment' }));
    const value = (name: string): string | undefined => by.get(name)?.value;
    const subnet = parseAddressWithLength(value('FLANNEL_SUBNET') ?? '');
    const network = parseCidr(value('FLANNEL_NETWORK') ?? '');
    for (const [name, read] of [
      ['FLANNEL_SUBNET', subnet],
      ['FLANNEL_NETWORK', network],
    ] as const) {
      const written = by.get(name);
      if (written !== undefined && read === undefined)
        problems.push({ line: written.line, why: `no prefix: ${name}=${written.value.slice(0, 40)}` });
    }
    const fact: FactOf<'subnet-env'> = {
      path: input.argv[1] ?? input.file,
      network,
      gateway: subnet?.address,
      subnet: subnet === undefined ? undefined : cidrOf(subnet.address, subnet.length),
      mtu: wholeNumber(value('FLANNEL_MTU')),
      ipMasq: flag(value('FLANNEL_IPMASQ')),
      origin: lineOf(input, by.get('FLANNEL_SUBNET')?.line ?? 1),
    };
    const any = assignments.some(({ name }) => name.startsWith('FLANNEL_'));
    return { readings: [reading('subnet-env', any ? [fact] : [], true)], problems };
  },
});
