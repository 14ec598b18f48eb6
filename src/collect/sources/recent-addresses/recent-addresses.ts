import { defineSource } from '../../source.ts';

/** The kernel prints times in ticks of its own clock, which /proc/timer_list tells; together with the uptime it tells their length. */
export default defineSource({
  id: 'recent-addresses',
  is: 'the addresses that -m recent remembers, at most 20000 lines of them, where the kernel has lists',
  where: 'everywhere',
  when: 'once',
  gives: ['recent-address'],
  shell: `
for list in /proc/net/xt_recent/*; do
  [ -e "$list" ] || break
  opening recent-addresses proc-xt-recent sh -c "grep -H -m 1 '^jiffies' /proc/timer_list; grep -H . /proc/uptime /proc/net/xt_recent/*"
  begun
  {
    [ ! -r /proc/timer_list ] || grep -H -m 1 '^jiffies' /proc/timer_list
    limited grep -H . /proc/uptime /proc/net/xt_recent/*
  } 2>"$SAID" </dev/null | head -n 20000
  finish 0
  break
done
`,
});
