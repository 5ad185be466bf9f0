package bankpeer

import (
	"fmt"
	"strconv"
	"strings"
)

// Order is what the bank does with one batch.
type Order struct {
	Refuse  map[string]string // payments by their number, with the reason; "*" refuses all
	Delay   int               // answers only after so many further batches or nights
	Never   bool              // pays and never answers
	Times   int               // answers so often; 0 is once
	Corrupt string            // what is wrong with the answer; empty: nothing
}

// corruptions are what may be wrong with an answer.
var corruptions = []string{"fen", "cut", "double", "swap", "encoding", "stranger", "other"}

// ParseScript reads what a bank does, one line for each batch, the last for all that follow. Words on a line are parted by
// semicolons; # begins a remark:
//
//	pay                          everything, answered at once
//	refuse 2 账号户名不符          not the payment with the number 2, for that reason; refuse * refuses all
//	delay 3                      answered after three further batches or nights
//	never                        paid and not answered
//	twice                        answered twice
//	corrupt fen                  an answer that is wrong: fen, cut, double, swap, encoding, stranger, other
func ParseScript(text string) ([]Order, error) {
	var out []Order
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		o := Order{Refuse: map[string]string{}}
		for part := range strings.SplitSeq(line, ";") {
			if err := o.read(strings.Fields(part)); err != nil {
				return nil, fmt.Errorf("bankpeer: line %d: %w", n, err)
			}
		}
		out = append(out, o)
	}
	if len(out) == 0 {
		out = []Order{{}}
	}
	return out, nil
}

func (o *Order) read(words []string) error {
	if len(words) == 0 {
		return nil
	}
	switch verb := words[0]; {
	case verb == "pay" && len(words) == 1:
	case verb == "never" && len(words) == 1:
		o.Never = true
	case verb == "twice" && len(words) == 1:
		o.Times = 2
	case verb == "refuse" && len(words) > 2:
		o.Refuse[words[1]] = strings.Join(words[2:], " ")
	case verb == "delay" && len(words) == 2:
		n, err := strconv.Atoi(words[1])
		if err != nil || n < 1 {
			return fmt.Errorf("delay %q is no number of batches", words[1])
		}
		o.Delay = n
	case verb == "corrupt" && len(words) == 2 && strings.Contains(strings.Join(corruptions, " "), words[1]):
		o.Corrupt = words[1]
	default:
		return fmt.Errorf("%q is nothing that this bank does", strings.Join(words, " "))
	}
	return nil
}
