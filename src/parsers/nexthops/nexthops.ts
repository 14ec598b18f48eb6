import { keptFormat } from '../kept.ts';
import { jsonHead } from '../json-list.ts';

/** The nexthop objects that routes may name. */
export default keptFormat('nexthops', '`ip nexthop`, text or JSON', (head) => {
  if (head.trimStart().startsWith('[')) return jsonHead(head, 'id') > 0 && /"(?:gateway|group|blackhole|dev)":/.test(head) ? 0.6 : 0;
  return /^id \d{1,10} (?:via|dev|group|blackhole|fdb)\b/.test(head) ? 1 : 0;
});
