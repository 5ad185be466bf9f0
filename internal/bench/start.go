package bench

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Start measures a fresh process: from its start to the first answer of a page, its memory when idle, and the size of
// the binary. program is the binary, data a folder that holds a county.
func Start(ctx context.Context, o Options, program, data string) error {
	var took []time.Duration
	var idle float64
	const runs = 5
	for range runs {
		t, rss, err := startOnce(ctx, program, data)
		if err != nil {
			return err
		}
		took = append(took, t)
		idle = max(idle, rss)
	}
	info, err := os.Stat(program)
	if err != nil {
		return err
	}
	p50, p99 := percentiles(took)
	o.Print(Result{Bench: "start", Case: "first-answer", N: runs, P50: p50, P99: p99, PeakRSS: idle, Engine: "sqlite",
		Config: map[string]any{"idle_rss_mb": idle, "binary_mb": float64(info.Size()) / (1 << 20)}})
	return nil
}

func startOnce(ctx context.Context, program, data string) (time.Duration, float64, error) {
	began := time.Now()
	cmd := exec.CommandContext(ctx, program, "serve", "--data", data, "--addr", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself; Wait tells
		_ = cmd.Wait()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return 0, 0, fmt.Errorf("bench: serve did not start: %w", err)
	}
	_, rest, found := strings.Cut(line, "http://")
	address, _, _ := strings.Cut(rest, " ")
	if !found {
		return 0, 0, fmt.Errorf("bench: serve says %q", line)
	}
	answer, err := http.Get("http://" + address + "/sign-in")
	if err != nil {
		return 0, 0, err
	}
	answer.Body.Close()
	took := time.Since(began)
	time.Sleep(2 * time.Second)
	return took, residentMB(cmd.Process.Pid), nil
}

// residentMB gives a process's resident memory in MB; 0 where the system does not tell.
func residentMB(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			var kb float64
			if _, err := fmt.Sscanf(rest, "%f kB", &kb); err == nil {
				return kb / 1024
			}
		}
	}
	return 0
}
