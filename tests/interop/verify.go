// Verify is a monitor of a tlog-tiles log, made of golang.org/x/mod/sumdb alone.
//
//	verify log -url U -vkey K [-witness K]... [-older FILE]
//	verify receipt -vkey K -entry FILE FILE
//
// It prints one JSON object, or says on standard error what does not hold and exits 1.
//
// Two things of sumdb do not fit and are left aside: Tile.Path has another layout than tlog-tiles,
// and ParseTree knows one origin only. Keys, notes, hashes, tiles and proofs are all sumdb's.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height      = 8
	width       = 1 << height
	cosignature = 4 // signature type of cosignature/v1
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("say log or receipt")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	var witnesses list
	url := flags.String("url", "", "where the log stands")
	vkey := flags.String("vkey", "", "key of the log")
	older := flags.String("older", "", "file with an older checkpoint")
	entry := flags.String("entry", "", "file with the entry that a receipt is about")
	flags.Var(&witnesses, "witness", "key of a witness")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	key, err := note.NewVerifier(*vkey)
	if err != nil {
		return err
	}
	var found interface{}
	switch args[0] {
	case "log":
		found, err = verifyLog(*url, key, witnesses, *older)
	case "receipt":
		found, err = verifyReceipt(flags.Arg(0), *entry, key)
	default:
		err = fmt.Errorf("what is %s?", args[0])
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}

type list []string

func (l *list) String() string         { return strings.Join(*l, " ") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

// logFound is what was proven about a log.
type logFound struct {
	Origin     string   `json:"origin"`
	Size       int64    `json:"size"`
	Root       string   `json:"root"`
	Entries    int64    `json:"entries"`
	CosignedBy []string `json:"cosigned_by"`
	OlderSize  int64    `json:"older_size"`
}

func verifyLog(url string, key note.Verifier, witnesses []string, older string) (*logFound, error) {
	client := &client{url: url, seen: map[string][]byte{}}
	raw, err := client.get("checkpoint")
	if err != nil {
		return nil, err
	}
	tree, cosigned, err := openCheckpoint(raw, key, witnesses)
	if err != nil {
		return nil, err
	}
	reader := tlog.TileHashReader(tree, client)
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return nil, err
	}
	if root != tree.Hash {
		return nil, errors.New("the tiles have another root")
	}
	entries, err := checkEntries(client, tree, reader)
	if err != nil {
		return nil, err
	}
	found := &logFound{key.Name(), tree.N, tree.Hash.String(), entries, cosigned, 0}
	if older != "" {
		found.OlderSize, err = checkOlder(older, key, tree, reader)
	}
	return found, err
}

// checkEntries holds every entry against its leaf, and proves the inclusion of some.
func checkEntries(client *client, tree tlog.Tree, reader tlog.HashReader) (int64, error) {
	for start := int64(0); start < tree.N; start += width {
		end := start + width
		if end > tree.N {
			end = tree.N
		}
		bundle, isWider, err := client.tile("entries", start/width, int(end-start))
		if err != nil {
			return 0, err
		}
		indexes := make([]int64, end-start)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, start+int64(i))
		}
		leaves, err := reader.ReadHashes(indexes)
		if err != nil {
			return 0, err
		}
		for i, leaf := range leaves {
			var entry []byte
			if entry, bundle, err = cut(bundle); err != nil {
				return 0, err
			}
			hash := tlog.RecordHash(entry)
			if hash != leaf {
				return 0, fmt.Errorf("entry %d is not the leaf", start+int64(i))
			}
			if i%50 == 0 || i == len(leaves)-1 {
				if err := checkInclusion(start+int64(i), hash, tree, reader); err != nil {
					return 0, err
				}
			}
		}
		if len(bundle) != 0 && !isWider {
			return 0, errors.New("a bundle has bytes over")
		}
	}
	return tree.N, nil
}

func checkInclusion(index int64, hash tlog.Hash, tree tlog.Tree, reader tlog.HashReader) error {
	proof, err := tlog.ProveRecord(tree.N, index, reader)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, hash)
}

func checkOlder(file string, key note.Verifier, tree tlog.Tree, reader tlog.HashReader) (int64, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	older, _, err := openCheckpoint(raw, key, nil)
	if err != nil {
		return 0, err
	}
	proof, err := tlog.ProveTree(tree.N, older.N, reader)
	if err != nil {
		return 0, err
	}
	return older.N, tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash)
}

// receiptFound is what a receipt proves.
type receiptFound struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Index  int64  `json:"index"`
}

func verifyReceipt(file, entryFile string, key note.Verifier) (*receiptFound, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	entry, err := os.ReadFile(entryFile)
	if err != nil {
		return nil, err
	}
	end := bytes.Index(raw, []byte("\n\n"))
	if end < 0 {
		return nil, errors.New("the receipt has no checkpoint")
	}
	tree, _, err := openCheckpoint(raw[end+2:], key, nil)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(raw[:end]), "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		return nil, errors.New("this is no tlog-proof")
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return nil, err
	}
	proof := make(tlog.RecordProof, len(lines)-1)
	for i, line := range lines[1:] {
		if proof[i], err = tlog.ParseHash(line); err != nil {
			return nil, err
		}
	}
	err = tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry))
	return &receiptFound{key.Name(), tree.N, index}, err
}

// openCheckpoint returns the tree of a note that the log has signed, and who of the witnesses
// cosigned it.
func openCheckpoint(raw []byte, key note.Verifier, witnesses []string) (tlog.Tree, []string, error) {
	verifiers := []note.Verifier{key}
	for _, vkey := range witnesses {
		witness, err := newWitness(vkey)
		if err != nil {
			return tlog.Tree{}, nil, err
		}
		verifiers = append(verifiers, witness)
	}
	signed, err := note.Open(raw, note.VerifierList(verifiers...))
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	cosigned, signedByLog := []string{}, false
	for _, signature := range signed.Sigs {
		if signature.Name == key.Name() && signature.Hash == key.KeyHash() {
			signedByLog = true
		} else {
			cosigned = append(cosigned, signature.Name)
		}
	}
	lines := strings.SplitN(signed.Text, "\n", 4)
	if !signedByLog || len(lines) < 4 || lines[0] != key.Name() {
		return tlog.Tree{}, nil, errors.New("this is no checkpoint of the log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, cosigned, err
}

// witness verifies cosignature/v1, which sumdb does not know.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(vkey string) (*witness, error) {
	fields := strings.SplitN(vkey, "+", 3)
	if len(fields) != 3 {
		return nil, fmt.Errorf("%s is no vkey", vkey)
	}
	key, err := base64.StdEncoding.DecodeString(fields[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != cosignature {
		return nil, fmt.Errorf("%s is no key of a witness", vkey)
	}
	digest := sha256.Sum256(append([]byte(fields[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(digest[:4])
	if fmt.Sprintf("%08x", hash) != fields[1] {
		return nil, fmt.Errorf("%s has another hash", vkey)
	}
	return &witness{fields[0], hash, key[1:]}, nil
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }

func (w *witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text)
	return ed25519.Verify(w.key, []byte(message), signature[8:])
}

// client fetches the files of a log; it is a tlog.TileReader over the layout of tlog-tiles.
type client struct {
	url  string
	seen map[string][]byte
}

func (c *client) Height() int                         { return height }
func (c *client) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (c *client) ReadTiles(ts []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(ts))
	for i, t := range ts {
		body, isWider, err := c.tile(strconv.Itoa(t.L), t.N, t.W)
		if err != nil {
			return nil, err
		}
		if isWider && len(body) > t.W*tlog.HashSize {
			body = body[:t.W*tlog.HashSize]
		}
		data[i] = body
	}
	return data, nil
}

// tile returns the n-th tile of a level, or of entries. Once the log has grown past a partial tile,
// that may be gone: then it is the full one, which begins alike.
func (c *client) tile(level string, n int64, w int) (body []byte, isWider bool, err error) {
	body, err = c.get("tile/" + level + "/" + path(n, w))
	if err == nil || w == width {
		return body, false, err
	}
	full, fullErr := c.get("tile/" + level + "/" + path(n, width))
	if fullErr != nil {
		return nil, false, err
	}
	return full, true, nil
}

func (c *client) get(path string) ([]byte, error) {
	if body, ok := c.seen[path]; ok {
		return body, nil
	}
	answer, err := http.Get(c.url + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, answer.Status)
	}
	if err == nil {
		c.seen[path] = body
	}
	return body, err
}

// path returns the place of the n-th tile of a level.
func path(n int64, w int) string {
	text := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		text = fmt.Sprintf("x%03d/%s", n%1000, text)
	}
	if w < width {
		text += fmt.Sprintf(".p/%d", w)
	}
	return text
}

// cut takes the first entry from a bundle.
func cut(bundle []byte) (entry, rest []byte, err error) {
	if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
		return nil, nil, errors.New("a bundle is cut short")
	}
	end := 2 + int(binary.BigEndian.Uint16(bundle))
	return bundle[2:end], bundle[end:], nil
}
