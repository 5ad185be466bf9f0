// Package browsertest drives the pages in Chromium, as people use them. It holds tests only.
package browsertest
