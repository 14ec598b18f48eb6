import type { Ip } from '#net/ip';
import { parseIp } from '#net/ip';
import { defineFormat, type Input, lineOf, type Problem, reading } from '../format.ts';
import { linesOf, quoted, wordsOf } from '../lines.ts';

/** The file's path as its namespace sees it: /proc/311/root/etc/resolv.conf and /etc/netns/web/resolv.conf are /etc/resolv.conf. */
export function ownPath(input: Input): string {
  const path = input.argv.at(-1);
  if (path === undefined || !path.startsWith('/')) return /hosts/.test(input.file) ? '/etc/hosts' : '/etc/resolv.conf';
  return path.replace(/^\/proc\/\d+\/root\//, '/').replace(/^\/etc\/netns\/[^/]+\//, '/etc/');
}

/** resolv.conf(5): as written; each client reads its own limits into it. */
export default defineFormat({
  id: 'resolv-conf',
  is: 'a resolv.conf',
  tells: ['resolv-conf'],
  recognise: (head) => (/^nameserver[ \t]+[0-9a-fA-F.:]+/m.test(head) ? 0.95 : /^(?:search|options)[ \t]+\S/.test(head) ? 0.5 : 0),
  parse: (input) => {
    const problems: Problem[] = [];
    const nameservers: { address: Ip; line: number }[] = [];
    let search: readonly string[] = [];
    const options: string[] = [];
    for (const [index, line] of linesOf(input.text).entries()) {
      const [keyword = '', ...values] = wordsOf(line);
      if (keyword === '' || keyword.startsWith('#') || keyword.startsWith(';')) continue;
      if (keyword === 'nameserver') {
        const address = parseIp((values[0] ?? '').split('%', 1)[0] ?? '');
        if (address === undefined) problems.push({ line: index + 1, why: `not an address: ${quoted(values[0] ?? '')}` });
        else nameservers.push({ address, line: index + 1 });
      } else if (keyword === 'search' || keyword === 'domain') search = keyword === 'domain' ? values.slice(0, 1) : values;
      else if (keyword === 'options') options.push(...values);
      else if (keyword !== 'sortlist') problems.push({ line: index + 1, why: `unknown keyword: ${quoted(keyword)}` });
    }
    const fact = { path: ownPath(input), nameservers, search, options, origin: lineOf(input, nameservers[0]?.line ?? 1) };
    return { readings: [reading('resolv-conf', [fact], input.argv.length === 0 ? true : [fact.path])], problems };
  },
});
