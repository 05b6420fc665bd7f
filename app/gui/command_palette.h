#pragma once

#include "views/charts/palette.h"
#include "views/models/fuzzy.h"

#include <QAbstractListModel>
#include <QFrame>
#include <QPointer>

#include <functional>
#include <memory>
#include <vector>

class QLabel;
class QLineEdit;
class QListView;

namespace bitwright::model {
class Checkpoint;
}

namespace bitwright::gui {

/// What the palette can do: actions, views, named plans, and every tensor of the open model.
class PaletteModel : public QAbstractListModel
{
    Q_OBJECT

public:
    static constexpr int DetailRole = Qt::UserRole + 1;
    static constexpr int KeysRole = Qt::UserRole + 2;
    struct Command
    {
        QString title;
        QString detail; ///< Where it stands, in a word or two.
        QString keys;
        QString words; ///< Further words to be found by.
        bool enabled = true;
        std::function<void()> run;
    };
    static constexpr std::size_t kMostShown = 200;

    using QAbstractListModel::QAbstractListModel;

    void setCommands(std::vector<Command> commands);
    /// The tensors to choose from; nullptr for none. `select` gets a tensor's index.
    void setTensors(std::shared_ptr<const model::Checkpoint> checkpoint, std::function<void(int)> select);
    void setQuery(const QString& query);
    /// How many match, shown or not.
    [[nodiscard]] std::size_t matches() const { return m_matches; }
    [[nodiscard]] std::function<void()> runnable(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Row
    {
        bool tensor = false;
        std::uint32_t index = 0;
        int score = 0;
    };
    [[nodiscard]] const Command* commandAt(int row) const;
    [[nodiscard]] QString tensorName(std::uint32_t index) const;

    std::vector<Command> m_commands;
    views::FuzzyIndex m_commandIndex;
    std::shared_ptr<const model::Checkpoint> m_checkpoint;
    views::FuzzyIndex m_tensorIndex;
    std::function<void(int)> m_select;
    QString m_query;
    std::vector<Row> m_rows;
    std::size_t m_matches = 0;
};

/// Ctrl+K: type a few letters, Enter runs the best match. Lies over the window that it belongs to and closes
/// when it loses the focus.
class CommandPalette : public QFrame
{
    Q_OBJECT

public:
    explicit CommandPalette(QWidget* window);
    [[nodiscard]] PaletteModel& model() { return *m_model; }
    /// Shows it with an empty query and takes the focus.
    void popUp();
    /// Hides it and gives the focus back.
    void dismiss();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void queryChanged(const QString& query);
    void runCurrent();
    void place();
    bool handleKey(int key, Qt::KeyboardModifiers modifiers);

    PaletteModel* m_model;
    QLineEdit* m_edit;
    QListView* m_list;
    QLabel* m_count;
    QPointer<QWidget> m_before; ///< Had the focus.
};

} // namespace bitwright::gui
