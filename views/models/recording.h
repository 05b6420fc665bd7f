#pragma once

#include "views/models/document.h"

namespace bitwright::views {

/// Records activations by running the open model, and adds the dump that comes out.
class Recording : public QObject
{
    Q_OBJECT

public:
    struct Request
    {
        QString text; ///< A text, or token ids (.npy, .ids); empty: the bundled text.
        int tokens = 2048;
        bool gradients = false; ///< Mean squared gradients too, which the score fisher needs.
        bool grams = false; ///< Gram matrices too, which GPTQ needs.
        QString out; ///< Dump to write.
    };
    /// Widest input whose Gram is recorded.
    static constexpr std::uint64_t kGramWidth = 4096;

    Recording(Document& document, JobQueue& jobs, QObject* parent = nullptr);
    [[nodiscard]] bool isRunning() const { return m_job != nullptr; }
    /// Why the open model cannot be run; empty when it can.
    [[nodiscard]] QString obstacle() const;
    /// Whether gradients can be had of the open model.
    [[nodiscard]] bool hasGradients() const;
    /// Where a dump of the open model goes unless a person says otherwise.
    [[nodiscard]] QString suggestedFile() const;
    void start(const Request& request);
    void cancel();

Q_SIGNALS:
    void finished(const QString& failure); ///< Empty: the dump was recorded and is being opened.

private:
    Document& m_document;
    JobQueue& m_jobs;
    Job* m_job = nullptr;
};

} // namespace bitwright::views
