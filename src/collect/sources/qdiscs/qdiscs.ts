import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'qdiscs',
  is: 'the queues of devices, and the programs and filters at their entrance and exit',
  where: 'everywhere',
  when: 'once',
  gives: ['qdisc'],
  shell: `
if have tc; then
  opening qdiscs qdiscs tc qdisc show
  begun
  shown=$(tc qdisc show 2>"$SAID")
  status=$?
  printf '%s\\n' "$shown"
  case $shown in *'qdisc clsact '* | *'qdisc ingress '*)
  printf '%s\\n' "$shown" | sed -n 's/^qdisc \\(clsact\\|ingress\\) .* dev \\([^ ]*\\) .*/\\2/p' | while read -r device; do
    for side in ingress egress; do
      printf '# filters of %s %s\\n' "$device" "$side"
      tc filter show dev "$device" "$side" 2>/dev/null
    done
  done ;;
  esac
  finish $status
fi
`,
});
