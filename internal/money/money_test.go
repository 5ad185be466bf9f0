package money

import (
	"encoding/csv"
	"math"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"xiangzhang/internal/fault"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text string
		want Fen
	}{
		{"", 0}, {"   ", 0}, {"0", 0}, {"-0", 0}, {"0.00", 0}, {"5", 500}, {".5", 50}, {"5.", 500}, {"1234.5", 123450}, {"1,234.50", 123450},
		{"1,234,567.89", 123456789}, {"¥1,234.50", 123450}, {"¥ 1,234.50", 123450}, {"-¥5", -500}, {"¥-5", -500}, {"- 5", -500}, {"+5", 500},
		{"1234.50元", 123450}, {"¥5 元", 500}, {"(1,234.50)", -123450}, {"( ¥5.00 )", -500}, {"1.230", 123}, {"1.2300000", 123}, {"007", 700},
		{"１，２３４．５０", 123450}, {"－５", -500}, {"＋５", 500}, {"(５)", -500}, {"（５）", -500}, {"￥５", 500}, {"12。50", 1250}, {"\u22125", -500},
		{"\u00a01,234.50\u3000", 123450}, {"\t5\r\n", 500}, {"999999999999.99", Max}, {"-999,999,999,999.99", -Max},
		{"000999999999999.99", Max},
	} {
		got, err := Parse(c.text)
		if err != nil || got != c.want {
			t.Errorf("Parse(%q) = %d, %v; want %d", c.text, got, err, c.want)
		}
	}
}

func TestParse_Refuses(t *testing.T) {
	for _, c := range []struct{ code, texts string }{
		{"amount-third-decimal", "1.005|1.001|0.0001|(1.239)|¥1,234.567|-1.2345|１．００５"},
		{"amount-too-large", "1000000000000|-1000000000000.00|1,000,000,000,000|99999999999999999999999999"},
		{"amount-malformed", "a|1a|1.2.3|.|-|+|()|(|)|(5|5)|((5))|--5|+-5|-+5|(-5)|(+5)|¥|元|元5|5元元|¥¥5|¥-¥5|5¥|5-|1e3|0x1|１万|1万|" +
			"1,23|12,34.00|1234,567|,123|1,|1,,234|1,234,5|1.2,345|1 234|12 34|1. 5|3元5|3元5角|1.00x|∞|NaN|一百|" + strings.Repeat("x", 100)},
	} {
		for text := range strings.SplitSeq(c.texts, "|") {
			got, err := Parse(text)
			if !fault.HasCode(err, c.code) || got != 0 || !fault.Is(err, fault.Invalid) {
				t.Errorf("Parse(%q) = %d, %v; want %s", text, got, err, c.code)
			} else if len([]rune(err.Error())) > 100 {
				t.Errorf("Parse(%.10q…) is refused in %d characters", text, len([]rune(err.Error())))
			}
		}
	}
}

func TestFormats(t *testing.T) {
	for _, c := range []struct {
		fen                  Fen
		plain, string, blank string
	}{
		{0, "0.00", "0.00", ""}, {5, "0.05", "0.05", "0.05"}, {50, "0.50", "0.50", "0.50"}, {-1, "-0.01", "-0.01", "-0.01"},
		{100, "1.00", "1.00", "1.00"}, {99_999, "999.99", "999.99", "999.99"}, {100_000, "1000.00", "1,000.00", "1,000.00"},
		{-100_000, "-1000.00", "-1,000.00", "-1,000.00"}, {Max, "999999999999.99", "999,999,999,999.99", "999,999,999,999.99"},
		{math.MaxInt64, "92233720368547758.07", "92,233,720,368,547,758.07", "92,233,720,368,547,758.07"},
		{math.MinInt64, "-92233720368547758.08", "-92,233,720,368,547,758.08", "-92,233,720,368,547,758.08"},
	} {
		if c.fen.Plain() != c.plain || c.fen.String() != c.string || c.fen.Blank() != c.blank {
			t.Errorf("%d: %s, %s, %q; want %s, %s, %q", int64(c.fen), c.fen.Plain(), c.fen.String(), c.fen.Blank(), c.plain, c.string, c.blank)
		}
	}
}

func TestAbs(t *testing.T) {
	for fen, want := range map[Fen]Fen{0: 0, 5: 5, -5: 5, math.MaxInt64: math.MaxInt64, math.MinInt64: math.MaxInt64} {
		if got := fen.Abs(); got != want {
			t.Errorf("Abs(%d) = %d, want %d", int64(fen), int64(got), int64(want))
		}
	}
}

func amounts() *rapid.Generator[Fen] {
	return rapid.Map(rapid.Int64Range(-int64(Max), int64(Max)), func(n int64) Fen { return Fen(n) })
}

// What is written is read as the same amount, in every form that people see.
func TestParse_ReadsWhatIsWritten(t *testing.T) {
	wide := strings.NewReplacer("0", "０", "1", "１", "2", "２", "3", "３", "4", "４", "5", "５", "6", "６", "7", "７", "8", "８", "9", "９",
		".", "．", ",", "，", "-", "－")
	rapid.Check(t, func(t *rapid.T) {
		f := amounts().Draw(t, "fen")
		forms := []string{f.Plain(), f.String(), f.Blank(), "¥" + f.String(), f.String() + "元", wide.Replace(f.String()), " " + f.Plain() + "\u3000", f.Plain() + "0"}
		if f < 0 {
			forms = append(forms, "("+f.Abs().String()+")", "（"+f.Abs().Plain()+"）")
		}
		for _, text := range forms {
			if got, err := Parse(text); err != nil || got != f {
				t.Errorf("Parse(%q) = %d, %v; want %d", text, got, err, f)
			}
		}
	})
}

// FuzzParse: no text does harm, and what is taken for an amount is written back as the same amount.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		fen, err := Parse(text)
		if err != nil {
			if fen != 0 || !fault.Is(err, fault.Invalid) {
				t.Errorf("Parse(%q) = %d, %v", text, fen, err)
			}
			return
		}
		if fen.Abs() > Max {
			t.Errorf("Parse(%q) = %d, over the bound", text, fen)
		}
		if again, err := Parse(fen.String()); err != nil || again != fen {
			t.Errorf("Parse(%q) = %d, but %q is %d (%v)", text, fen, fen.String(), again, err)
		}
		digits := strings.Map(func(r rune) rune {
			if r = narrow(r); r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, text)
		if got := strings.ReplaceAll(fen.Abs().Plain(), ".", ""); strings.Trim(got, "0") != strings.Trim(digits, "0") {
			t.Errorf("Parse(%q) = %s: other figures", text, fen.Plain())
		}
	})
}

func TestCapital(t *testing.T) {
	file, err := os.Open("testdata/capitals.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 20 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		n, ok := new(big.Int).SetString(strings.Replace(row[0], ".", "", 1), 10)
		if !ok || !n.IsInt64() {
			t.Fatalf("amount %s", row[0])
		}
		if got := Fen(n.Int64()).Capital(); got != row[1] {
			t.Errorf("%s is %s, want %s", row[0], got, row[1])
		}
	}
}

// readCapital reads capitals back, step by step: figure, place, 万, 亿, and what follows 元.
func readCapital(text string) (fen int64) {
	text, negative := strings.CutPrefix(text, "负")
	var digit, below, wan, yi int64 // the figure at hand; below 万; below 亿; above it
	for _, r := range text {
		switch s := string(r); s {
		case "拾", "佰", "仟":
			below += digit * map[string]int64{"拾": 10, "佰": 100, "仟": 1000}[s]
			digit = 0
		case "万":
			wan, below, digit = (below+digit)*10_000, 0, 0
		case "亿":
			yi, wan, below, digit = wan+below+digit, 0, 0, 0
		case "元":
			fen, digit = (yi*100_000_000+wan+below+digit)*100, 0
		case "角":
			fen, digit = fen+digit*10, 0
		case "分":
			fen, digit = fen+digit, 0
		case "整":
		default:
			digit = int64(strings.Index("零壹贰叁肆伍陆柒捌玖", s) / len("零"))
		}
	}
	if negative {
		return -fen
	}
	return fen
}

func TestCapital_ReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := amounts().Draw(t, "fen")
		if rapid.Bool().Draw(t, "round") { // amounts with zeros inside, where the rule is
			f -= f % Fen(rapid.SampledFrom([]int64{10, 100, 1000, 100_000, 10_000_000, 10_000_000_000}).Draw(t, "to"))
		}
		text := f.Capital()
		if got := readCapital(text); got != int64(f) {
			t.Errorf("%s is %s, which reads %d", f, text, got)
		}
		for _, bad := range []string{"零零", "零万", "零亿", "零拾", "零佰", "零仟", "亿万", "零整"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s is %s", f, text)
			}
		}
		if strings.HasSuffix(text, "整") != (f%10 == 0) {
			t.Errorf("%s is %s", f, text)
		}
	})
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole Fen
		want        string
	}{
		{1, 3, "33.33%"}, {2, 3, "66.67%"}, {1, 1, "100.00%"}, {0, 5, "0.00%"}, {1, 20_000, "0.01%"}, {1, 20_001, "0.00%"}, {-1, 20_000, "-0.01%"},
		{1, -20_000, "-0.01%"}, {-3, -4, "75.00%"}, {125, 10_000, "1.25%"}, {Max, 1, "9999999999999900.00%"},
		{math.MaxInt64, 1, "92233720368547758.07%"}, {math.MinInt64, 1, "-92233720368547758.07%"}, {math.MinInt64, math.MinInt64, "100.00%"},
	} {
		if got := FormatPercent(Percent(c.part, c.whole)); got != c.want {
			t.Errorf("%d of %d is %s, want %s", c.part, c.whole, got, c.want)
		}
	}
}

func TestPercent_HalfUp(t *testing.T) {
	half := big.NewRat(1, 2)
	rapid.Check(t, func(t *rapid.T) {
		part, whole := amounts().Draw(t, "part"), amounts().Filter(func(f Fen) bool { return f != 0 }).Draw(t, "whole")
		exact := new(big.Rat).Mul(big.NewRat(int64(part), int64(whole)), big.NewRat(10_000, 1))
		off := new(big.Rat).Sub(exact, new(big.Rat).SetInt64(Percent(part, whole)))
		tieLost := exact.Sign() == off.Sign() && off.Sign() != 0 && new(big.Rat).Abs(off).Cmp(half) == 0
		if new(big.Rat).Abs(off).Cmp(half) > 0 || tieLost {
			t.Errorf("%d of %d is %s hundredths, not %d", part, whole, exact.FloatString(3), Percent(part, whole))
		}
	})
}

func TestApportion(t *testing.T) {
	for _, c := range []struct {
		amount  Fen
		weights []int64
		want    []Fen
	}{
		{100, []int64{1, 1, 1}, []Fen{34, 33, 33}}, {-100, []int64{1, 1, 1}, []Fen{-34, -33, -33}}, {2, []int64{1, 0, 1, 1}, []Fen{1, 0, 1, 0}},
		{0, []int64{3, 4}, []Fen{0, 0}}, {10, []int64{1, 2, 3}, []Fen{2, 3, 5}}, {math.MinInt64, []int64{1}, []Fen{math.MinInt64}},
		{math.MaxInt64, []int64{math.MaxInt64, math.MaxInt64}, []Fen{4611686018427387904, 4611686018427387903}},
	} {
		got := Apportion(c.amount, c.weights)
		for i := range c.want {
			if got[i] != c.want[i] {
				t.Errorf("%d by %d is %d, want %d", c.amount, c.weights, got, c.want)
				break
			}
		}
	}
}

// The parts sum to the whole, each is less than one fen away from its exact share, and no weight no part.
func TestApportion_SumsAndIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := Fen(rapid.Int64().Draw(t, "amount"))
		weights := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 5), rapid.Int64Range(0, math.MaxInt64)), 1, 12).
			Filter(func(w []int64) bool { return slices.Max(w) > 0 }).Draw(t, "weights")
		total := new(big.Int)
		for _, w := range weights {
			total.Add(total, big.NewInt(w))
		}
		parts := Apportion(amount, weights)
		sum := new(big.Int)
		for i, p := range parts {
			sum.Add(sum, big.NewInt(int64(p)))
			share := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(int64(amount)), big.NewInt(weights[i])), total)
			off := new(big.Rat).Sub(new(big.Rat).SetInt64(int64(p)), share)
			if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 || weights[i] == 0 && p != 0 {
				t.Errorf("%d by %d: part %d is %d, exactly %s", amount, weights, i, p, share.FloatString(3))
			}
		}
		if !sum.IsInt64() || sum.Int64() != int64(amount) {
			t.Errorf("%d by %d is %d, which sums to %d", amount, weights, parts, sum)
		}
	})
}

func TestApportion_PanicsWithoutWeights(t *testing.T) {
	for _, weights := range [][]int64{nil, {0, 0}, {1, -1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("weights %d were taken", weights)
				}
			}()
			Apportion(100, weights)
		}()
	}
}
