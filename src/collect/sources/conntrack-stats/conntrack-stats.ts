import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'conntrack-stats',
  is: 'what connection tracking counted: drops, clashes, failed insertions',
  where: 'node',
  when: 'every look',
  gives: ['counter'],
  shell: `
if [ -r /proc/sys/net/netfilter/nf_conntrack_count ]; then
  if have conntrack; then reading conntrack-stats conntrack-stats conntrack -S; else reading conntrack-stats conntrack-stats cat /proc/net/stat/nf_conntrack; fi
fi
`,
});
