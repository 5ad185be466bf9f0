package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestError_IsOneSentence(t *testing.T) {
	for _, c := range []struct {
		fault *Error
		want  string
	}{
		{New(Refused, "x", "指标可用 1.00 元", "请减少金额"), "指标可用 1.00 元;请减少金额。"},
		{New(Refused, "x", "指标可用 1.00 元。", "请减少金额。"), "指标可用 1.00 元;请减少金额。"},
		{New(Refused, "x", "指标可用 1.00 元", ""), "指标可用 1.00 元。"},
		{Newf(Invalid, "x", "请在 100% 以内填写", "比例 %d%% 超过上限", 120), "比例 120% 超过上限;请在 100% 以内填写。"},
	} {
		if got := c.fault.Error(); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestAs_ThroughWrapping(t *testing.T) {
	f := New(Conflict, "number-taken", "号已被占用", "请重试").Because(io.ErrUnexpectedEOF)
	for _, err := range []error{f, fmt.Errorf("ledger.Post 记-0012: %w", f), errors.Join(io.EOF, f), fmt.Errorf("a: %w", fmt.Errorf("b: %w", f))} {
		if As(err) != f || !Is(err, Conflict) || Is(err, Refused) || !HasCode(err, "number-taken") || HasCode(err, "") || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%v: kind, code or cause lost", err)
		}
	}
	for _, err := range []error{nil, io.EOF, fmt.Errorf("x: %w", io.EOF)} {
		if As(err) != nil || Is(err, Invalid) || Is(err, 0) || HasCode(err, "") {
			t.Errorf("%v holds a fault", err)
		}
	}
}

// A fault that is a variable is not changed by those who name its field or its cause.
func TestInBecause_LeaveTheFault(t *testing.T) {
	shared := New(Invalid, "x", "不对", "")
	named := shared.In("debit").Because(io.EOF)
	if shared.Field != "" || shared.Cause != nil {
		t.Errorf("the shared fault became %+v", shared)
	}
	if named.Field != "debit" || !errors.Is(named, io.EOF) || named.Message != shared.Message || named.Code != "x" || named.Kind != Invalid {
		t.Errorf("named %+v", named)
	}
	if again := named.In("credit"); again.Field != "credit" || named.Field != "debit" || again.Cause != io.EOF {
		t.Errorf("named again %+v", again)
	}
}

// The names of kinds stand in json output and in metrics: they do not change.
func TestKind_Names(t *testing.T) {
	for kind, want := range map[Kind]string{Invalid: "invalid", NotFound: "not-found", Conflict: "conflict", Forbidden: "forbidden", Refused: "refused", 0: "unknown", 99: "unknown"} {
		if got := kind.String(); got != want {
			t.Errorf("kind %d is %s, want %s", int(kind), got, want)
		}
	}
}
