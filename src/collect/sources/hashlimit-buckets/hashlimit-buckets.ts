import { defineSource } from '../../source.ts';

/** A table is listed as long as a rule names it. */
export default defineSource({
  id: 'hashlimit-buckets',
  is: 'what -m hashlimit has saved up, at most 20000 lines of it, where the kernel has such tables',
  where: 'everywhere',
  when: 'once',
  gives: ['hashlimit-bucket'],
  shell: `
for table in /proc/net/ipt_hashlimit/* /proc/net/ip6t_hashlimit/*; do
  [ -e "$table" ] || continue
  opening hashlimit-buckets proc-hashlimit sh -c "grep -s -H . /proc/net/ipt_hashlimit/* /proc/net/ip6t_hashlimit/*"
  begun
  limited grep -s -H . /proc/net/ipt_hashlimit/* /proc/net/ip6t_hashlimit/* 2>"$SAID" </dev/null | head -n 20000
  finish 0
  break
done
`,
});
