import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countersNow } from './counters.ts';

/** As nft v1.0.6 prints them with -a; made by hand. */
const LISTED = `table ip mangle { # handle 2
	chain PREROUTING { # handle 1
		counter packets 3 bytes 180 # handle 4
	}
}
table inet t { # handle 3
	set s { # handle 9
		elements = { 10.1.0.2 counter packets 7 bytes 420 }
	}

	chain c { # handle 1
		type filter hook input priority filter; policy accept;
		ip saddr 10.1.0.2 counter packets 5 bytes 300 drop # handle 6
	}
}
`;

test('of a list of nft the rules of its own tables count, with handles or without', () => {
  for (const text of [LISTED, LISTED.replaceAll(/ # handle \d+/g, '')]) {
    const file = { file: 'list', namespace: 'r', argv: [], at: [13] };
    assert.deepEqual([...countersNow([file], [text])], [['list:13', 5]]);
  }
});
